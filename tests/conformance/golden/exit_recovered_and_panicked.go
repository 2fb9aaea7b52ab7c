package main

import "runtime"

func main() {
	go func() {
		defer func() {
			recover()
			panic("second")
		}()
		defer panic("first")
		runtime.Goexit()
	}()
	select {}
}
