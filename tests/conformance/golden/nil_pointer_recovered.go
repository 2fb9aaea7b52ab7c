package main

var none *int

func main() {
	defer func() {
		recover()
		panic("second")
	}()
	println(*none)
}
