package main

func inner() {
	defer panic("second")
	panic("first")
}

func main() {
	defer panic("third")
	func() {
		defer func() {
			recover()
		}()
		inner()
	}()
	println("goes on")
}
