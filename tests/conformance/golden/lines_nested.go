package main

func main() {
	defer panic("second\nof two lines")
	panic("first\nof two lines")
}
