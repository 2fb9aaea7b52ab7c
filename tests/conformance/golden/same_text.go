package main

func text() string {
	return string([]byte("first"))
}

func main() {
	defer func() {
		recover()
		panic(text())
	}()
	panic(text())
}
