package main

func main() {
	defer println("not reached")
	go func() {
		defer println("the thread's own")
		panic("in a thread")
	}()
	select {}
}
