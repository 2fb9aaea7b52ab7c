package main

import "runtime"

func main() {
	go func() {
		defer panic("third")
		defer panic("second")
		defer runtime.Goexit()
		panic("first")
	}()
	select {}
}
