package main

func main() {
	ready := make(chan bool)
	defer println("main's own")
	go func() {
		defer println("not reached")
		defer func() {
			ready <- true
			select {}
		}()
		panic("in a thread")
	}()
	<-ready
}
