package mock

import (
	"embed"
	"path"
	"strings"
)

// MappedServer is a plausible server that differs from the default dialect in many things at once, all of which a mapping file says.
type MappedServer struct {
	// Name is that of the file, without its end.
	Name string
	// About says in one line what the server is like.
	About string
	// Mapping is the file, for WithMapping and for a client of the server.
	Mapping string
}

//go:embed servers/*.yaml
var mappedServers embed.FS

// Servers returns the servers of the folder servers, sorted by name.
func Servers() []MappedServer {
	const folder, end = "servers", ".yaml"
	files, err := mappedServers.ReadDir(folder)
	if err != nil {
		panic("mock: " + err.Error()) // The folder is embedded.
	}
	servers := make([]MappedServer, len(files))
	for i, file := range files {
		text, err := mappedServers.ReadFile(path.Join(folder, file.Name()))
		if err != nil {
			panic("mock: " + err.Error())
		}
		about, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		servers[i] = MappedServer{strings.TrimSuffix(file.Name(), end), about, string(text)}
	}
	return servers
}
