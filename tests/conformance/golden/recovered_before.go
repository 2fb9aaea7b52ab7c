package main

func main() {
	defer panic("second")
	defer func() {
		recover()
	}()
	panic("first")
}
