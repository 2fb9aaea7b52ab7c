package main

var zero int

func main() {
	defer func() {
		recover()
		panic("second")
	}()
	println(1 / zero)
}
