package mock_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

func TestServersStart(t *testing.T) {
	servers := mock.Servers()
	equal(t, "servers", len(servers), 20)
	for _, server := range servers {
		t.Run(server.Name, func(t *testing.T) {
			c := startDemo(t, mock.WithMapping(server.Mapping))
			if c.document().OpenAPI == "" || server.About == "" {
				t.Error("there is no document, or nothing about the server")
			}
		})
	}
}
