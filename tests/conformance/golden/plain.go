package main

func main() {
	panic("hello")
}
