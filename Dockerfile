# JupyterLab with the Go kernel and the course of notebooks; Binder builds it as
# it stands. docs/container.md says how to use it, and what of it was tried.
#
#   docker build -t stellarae .
#   docker run --rm -p 127.0.0.1:8888:8888 stellarae

# The plot library of stellarae explore, as package-lock.json has it.
FROM node:22-bookworm-slim AS plot
WORKDIR /plot
COPY stellarae/explore/package.json stellarae/explore/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund \
 && mkdir vendor \
 && cp node_modules/uplot/LICENSE node_modules/uplot/dist/uPlot.min.css node_modules/uplot/dist/uPlot.iife.min.js vendor

# The programs. What compiling them leaves behind stays in this stage.
FROM golang:1.26-bookworm AS programs
ARG VERSION=devel
WORKDIR /src
COPY . .
COPY --from=plot /plot/vendor stellarae/explore/assets/vendor
RUN mkdir /out \
 && go build -trimpath -ldflags "-s -w -X main.stamped=$VERSION" -o /out/ ./stellarae/cmd/stellarae ./kernels/cmd/gokernel \
 && GOBIN=/out go install -trimpath -ldflags "-s -w" golang.org/x/tools/gopls@v0.23.0

FROM debian:bookworm-slim
# Cells are compiled when they run: they want Go and a C compiler.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates gcc git libc6-dev make python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY --from=programs /usr/local/go /usr/local/go

ENV VIRTUAL_ENV=/opt/venv
ENV PATH=$VIRTUAL_ENV/bin:/usr/local/go/bin:$PATH
COPY requirements.txt /tmp/xla.txt
COPY kernels/requirements.txt /tmp/lab.txt
RUN python3 -m venv $VIRTUAL_ENV \
 && pip install --no-cache-dir -r /tmp/xla.txt -r /tmp/lab.txt notebook==7.6.5 \
 && rm /tmp/xla.txt /tmp/lab.txt
COPY --from=programs /out/ /usr/local/bin/
RUN HOME=/tmp/install gokernel install --sys-prefix --no-warm && rm -rf /tmp/install

# Binder names its user.
ARG NB_USER=jovyan
ARG NB_UID=1000
ENV USER=$NB_USER NB_UID=$NB_UID HOME=/home/$NB_USER
ENV GOPATH=$HOME/.cache/go GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOMLX_NO_AUTO_INSTALL=1
RUN adduser --disabled-password --gecos "" --uid $NB_UID $NB_USER
WORKDIR $HOME
COPY --chown=$NB_UID:$NB_UID . $HOME
USER $NB_USER

# One cell with the packages of the course, so that the first cell of a student
# does not wait minutes for them to be compiled.
RUN cd notebooks && python -c 'import nbclient, nbformat.v4 as v4; \
    lab = "github.com/stellarae/lab/"; \
    packages = ["datasets/synth", "stellarae", "stellarae/intervene", "stellarae/report", "stellarae/retrieve", "stellarae/sample", "stellarae/xla", "kernels/display/widgets"]; \
    cell = v4.new_code_cell("\n".join(f"import _ \"{lab}{p}\"" for p in packages) + "\n1 + 1"); \
    notebook = v4.new_notebook(cells=[cell]); \
    nbclient.NotebookClient(notebook, kernel_name="gokernel", timeout=None).execute(); \
    print(cell.outputs)'

EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser", "--LabApp.default_url=/lab/tree/notebooks/00_start.ipynb"]
