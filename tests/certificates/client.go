// Verifies a server as Go's crypto/tls does: client PORT NAME CA-FILE. Prints `ok`, or the error.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

func main() {
	pem, err := os.ReadFile(os.Args[3])
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{ServerName: os.Args[2], RootCAs: roots}
	conn, err := tls.Dial("tcp", "127.0.0.1:"+os.Args[1], config)
	if err == nil {
		fmt.Fprint(conn, "GET / HTTP/1.0\r\n\r\n")
		_, err = conn.Read(make([]byte, 1))
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("ok")
}
