package main

import "runtime"

func main() {
	go func() {
		defer panic("second")
		defer func() {
			recover()
			runtime.Goexit()
		}()
		panic("first")
	}()
	select {}
}
