package main

var none func()

func main() {
	defer none()
	println("reached")
}
