package main

func again() {
	panic(recover())
}

func inner() {
	defer again()
	panic("first")
}

func main() {
	defer again()
	inner()
}
