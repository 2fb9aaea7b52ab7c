package main

var five = 5

func main() {
	numbers := []int{1, 2, 3}
	println(numbers[five])
}
