package text

import "fmt"

// Counted says how many there are of something, such as "1 way" or "3 ways".
func Counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
