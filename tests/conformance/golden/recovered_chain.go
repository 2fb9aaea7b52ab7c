package main

func main() {
	defer func() {
		recover()
		panic("third")
	}()
	defer func() {
		recover()
		panic("second")
	}()
	panic("first")
}
