package main

import "os"

func main() {
	defer println("not reached")
	defer os.Exit(3)
	panic("first")
}
