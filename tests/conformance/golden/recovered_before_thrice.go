package main

func main() {
	defer panic("third")
	defer func() {
		recover()
	}()
	defer panic("second")
	panic("first")
}
