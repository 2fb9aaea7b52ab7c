package main

var none *int

func main() {
	println(*none)
}
