package main

func main() {
	defer func() {
		value := recover()
		defer func() {
			panic(value)
		}()
		panic("inner")
	}()
	panic("outer")
}
