package main

var zero int

func main() {
	println(1 / zero)
}
