package main

func protect() (value any) {
	defer func() {
		value = recover()
	}()
	panic("first")
}

func main() {
	panic(protect())
}
