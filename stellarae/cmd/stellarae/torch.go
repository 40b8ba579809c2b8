package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/stellarae/lab/stellarae"
	"github.com/stellarae/lab/stellarae/pytorch"
)

// configKey is the entry of an exported checkpoint that holds the network's
// description, for PyTorch's own have none.
const configKey = "stellarae_config"

func newImportTorch() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "import-torch FILE.pth.tar --out RUN",
		Short: "Make a run of a PyTorch checkpoint",
		Long: `import-torch reads a checkpoint with the published parameter names, such as
model_128d_e182_i1500000.pth.tar, without running its pickle, and keeps it as a run.
The network is read off the shapes of the parameters.`,
		Example: "  stellarae import-torch model_128d_e182_i1500000.pth.tar --out published",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := filepath.Join(out, stellarae.CheckpointFile)
			if _, err := os.Stat(path); err == nil {
				return fmt.Errorf("%s: holds a run already", out)
			}
			checkpoint, err := pytorch.Load(args[0])
			if err != nil {
				return err
			}
			config, err := torchConfig(checkpoint)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			d, err := openDevice(c)
			if err != nil {
				return err
			}
			m, err := stellarae.NewFrom(d.Backend, config, func(s stellarae.Shape) ([]float32, error) {
				t, ok := checkpoint.Tensor(s.Name)
				if !ok || !slices.Equal(t.Shape, s.Dims) {
					return nil, fmt.Errorf("the checkpoint has %v, the network wants %v", t.Shape, s.Dims)
				}
				return t.Data, nil
			})
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			if err := m.SaveRun(out); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: network %q, %d samples, %d nodes, %d parameters\n", out, config.Name, config.Samples(), config.Nodes, config.ParameterCount())
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder of the run")
	must(c.MarkFlagRequired("out"))
	return c
}

// torchConfig is the network a checkpoint belongs to: the one it names, else
// the one its shapes tell.
func torchConfig(checkpoint *pytorch.Checkpoint) (stellarae.Config, error) {
	var config stellarae.Config
	if text, ok := checkpoint.Meta[configKey].(string); ok {
		if err := json.Unmarshal([]byte(text), &config); err != nil {
			return config, fmt.Errorf("%s: %w", configKey, err)
		}
		return config, config.Validate()
	}
	shapes := make([]stellarae.Shape, len(checkpoint.Tensors))
	for i, t := range checkpoint.Tensors {
		shapes[i] = stellarae.Shape{Name: t.Name, Dims: t.Shape}
	}
	return stellarae.ConfigOf(shapes)
}

func newExportTorch() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "export-torch RUN --out FILE.pth.tar",
		Short:   "Write a run's parameters as a PyTorch checkpoint",
		Example: "  stellarae export-torch run --out run.pth.tar\n  python -c 'import torch; print(torch.load(\"run.pth.tar\")[\"state_dict\"].keys())'",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := openDevice(c)
			if err != nil {
				return err
			}
			m, err := stellarae.OpenRun(d.Backend, args[0])
			if err != nil {
				return err
			}
			checkpoint := &pytorch.Checkpoint{Meta: map[string]any{configKey: m.Config.String()}}
			for _, s := range m.Config.Parameters() {
				values, err := m.Values(s.Name)
				if err != nil {
					return err
				}
				checkpoint.Tensors = append(checkpoint.Tensors, pytorch.Tensor{Name: s.Name, Shape: s.Dims, Data: values})
			}
			if err := pytorch.Save(out, checkpoint); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s: %d tensors, %d parameters\n", out, len(checkpoint.Tensors), m.Config.ParameterCount())
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "checkpoint to write")
	must(c.MarkFlagRequired("out"))
	return c
}
