package main

var zero int

func main() {
	defer func() {
		panic(recover())
	}()
	println(1 / zero)
}
