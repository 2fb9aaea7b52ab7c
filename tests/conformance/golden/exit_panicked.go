package main

import "runtime"

func main() {
	go func() {
		defer panic("first")
		runtime.Goexit()
	}()
	select {}
}
