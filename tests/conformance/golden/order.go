package main

func main() {
	defer println("older")
	defer func() {
		defer println("its own")
		panic("second")
	}()
	defer println("newer")
	panic("first")
}
