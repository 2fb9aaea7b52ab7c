package main

var amount = -1

func main() {
	println(1 << amount)
}
