package main

func main() {
	defer panic("third")
	defer func() {
		recover()
		panic("second")
	}()
	panic("first")
}
