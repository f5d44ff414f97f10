package mock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// loadState replaces the seeded organization by the one of the state file, if there is one.
func (s *Server) loadState() error {
	if s.stateFile == "" {
		return nil
	}
	content, err := os.ReadFile(s.stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mock: state file: %w", err)
	}
	var saved organization
	if err := json.Unmarshal(content, &saved); err != nil {
		return fmt.Errorf("mock: state file %s: %w", s.stateFile, err)
	}
	if saved.ID != s.organization.ID {
		return fmt.Errorf("mock: state file %s is of organization %q, the seed of %q", s.stateFile, saved.ID, s.organization.ID)
	}
	saved.index()
	s.organization = &saved
	return nil
}

// saveState writes the state file anew, so that a reader finds the old or the new state, never half of one.
func (s *Server) saveState() error {
	if s.stateFile == "" {
		return nil
	}
	temporary, err := os.CreateTemp(filepath.Dir(s.stateFile), filepath.Base(s.stateFile)+".*")
	if err != nil {
		return fmt.Errorf("mock: state file: %w", err)
	}
	_, writeErr := temporary.Write(encode(s.organization))
	if err := errors.Join(writeErr, temporary.Close()); err != nil {
		return errors.Join(fmt.Errorf("mock: state file: %w", err), os.Remove(temporary.Name()))
	}
	if err := os.Rename(temporary.Name(), s.stateFile); err != nil {
		return errors.Join(fmt.Errorf("mock: state file: %w", err), os.Remove(temporary.Name()))
	}
	return nil
}
