package main

import "runtime"

func main() {
	go func() {
		defer panic("second")
		defer func() {
			defer func() {
				println(recover().(string))
			}()
			panic("first")
		}()
		runtime.Goexit()
	}()
	select {}
}
