package main

func protect() (value any) {
	defer func() {
		value = recover()
	}()
	panic("first")
}

func main() {
	protect()
	panic("second")
}
