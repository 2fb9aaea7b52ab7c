package main

func main() {
	value := "first"
	defer func() {
		panic(value)
	}()
	panic(value)
}
