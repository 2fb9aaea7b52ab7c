package main

func main() {
	defer func() {
		recover()
		panic("second\n")
	}()
	panic("first\nof two lines")
}
