// Package rehearsal reads an organization through a mapping file and tells what it has understood,
// for a person to compare with the web application; and what of it cannot be right. It sends
// nothing that changes anything.
package rehearsal
