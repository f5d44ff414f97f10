package api

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/contract/mapping"
)

// A MappingFile is a mapping as it was read.
type MappingFile struct {
	// Path is where the file is, and Content what it holds, byte for byte.
	Path    string
	Content []byte
	// File is what it says.
	*mapping.File
}

// MappingOf returns the mapping of a file that may not be there: nil then.
func (f *MappingFile) MappingOf() *mapping.File {
	if f == nil {
		return nil
	}
	return f.File
}

// ContentOf is what a file holds that may not be there: nil then.
func (f *MappingFile) ContentOf() []byte {
	if f == nil {
		return nil
	}
	return f.Content
}

// MarksOf are the marks of a file that may not be there.
func (f *MappingFile) MarksOf() []mapping.Mark {
	if f == nil {
		return nil
	}
	return f.Marks
}

// MappingFromEnvironment is the path in the environment variable [EnvMapping]; empty if
// there is none.
func MappingFromEnvironment() string { return strings.TrimSpace(os.Getenv(EnvMapping)) }

// ReadMapping reads the mapping file at a path, which is relative to the working directory
// as those of all settings are. It is nil for an empty path: nothing is mapped. The error
// is a [httpapi.ConfigErrors] about [FieldMapping], with each line that is wrong.
func ReadMapping(path string) (*MappingFile, error) {
	if path == "" {
		return nil, nil
	}
	content, reason := httpapi.ReadSettingFile(path)
	if reason != "" {
		return nil, refuseMapping(reason + fromWhere(path))
	}
	file, err := mapping.Parse(content)
	if err != nil {
		return nil, refuseMapping(fmt.Sprintf("The mapping file %s cannot be used:\n%v", strconv.Quote(path), err) + "\n" +
			"The format is in the guide \"The mapping file\"; signpathctl contract map makes one." + fromWhere(path))
	}
	return &MappingFile{Path: path, Content: content, File: file}, nil
}

func refuseMapping(reason string) error {
	return httpapi.ConfigErrors{{Field: FieldMapping, Reason: reason}}
}

// fromWhere says that nothing but the environment named the path, where that is so.
func fromWhere(path string) string {
	if path != MappingFromEnvironment() {
		return ""
	}
	return " The environment variable " + EnvMapping + " has that path."
}
