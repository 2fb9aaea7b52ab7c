package main

func main() {
	defer func() {
		value := recover()
		defer func() {
			recover()
			panic(value)
		}()
		panic("inner")
	}()
	panic("outer")
}
