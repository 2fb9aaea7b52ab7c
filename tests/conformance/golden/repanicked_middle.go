package main

func inner() {
	defer func() {
		recover()
		panic("middle")
	}()
	panic("inner")
}

func middle() {
	defer func() {
		panic(recover())
	}()
	inner()
}

func main() {
	defer func() {
		recover()
		panic("outer")
	}()
	middle()
}
