// What the driver asks of JupyterLab's page. It reads; what a person does is
// done by keyboard and mouse, or by the command behind a menu entry.
window.lab = {
  // panel is the notebook that is shown, once it is there.
  panel() {
    const shown = [...(window.jupyterapp?.shell?.widgets?.('main') ?? [])].filter(w => w.isVisible);
    return shown.find(w => w.content?.widgets && w.sessionContext && w.context?.isReady) ?? null;
  },

  state() {
    const p = lab.panel();
    if (!p) return null;
    const kernel = p.sessionContext.session?.kernel;
    return {
      path: p.context.path,
      kernel: kernel?.name ?? '',
      id: kernel?.id ?? '',
      status: kernel?.status ?? '',
      free: lab.free(kernel),
      connection: kernel?.connectionStatus ?? '',
      cells: p.content.widgets.map(c => ({
        type: c.model.type,
        running: c.model.type === 'code' && (c.model.executionState === 'running' || /\*/.test(c.promptNode?.textContent ?? '')),
        count: c.model.executionCount ?? 0,
      })),
      unsaved: p.context.model.dirty,
    };
  },

  // free is whether the kernel takes work: it says idle, or it says nothing of
  // itself before its first cell but has told the page what it is.
  free(kernel) {
    if (!kernel || kernel.connectionStatus !== 'connected') return false;
    if (!lab.known.has(kernel)) {
      lab.known.set(kernel, false);
      kernel.info.then(() => lab.known.set(kernel, true));
    }
    return kernel.status === 'idle' || (kernel.status === 'unknown' && lab.known.get(kernel));
  },

  known: new WeakMap(),

  cell(i) { return lab.panel().content.widgets[i]; },

  outputs(i) { return lab.cell(i).model.outputs?.toJSON() ?? []; },

  source(i) { return lab.cell(i).model.sharedModel.getSource(); },

  // text is what a person reads below a cell.
  text(i) { return lab.cell(i).node.querySelector('.jp-Cell-outputArea')?.innerText ?? ''; },

  command(id) { window.jupyterapp.commands.execute(id); return true; },

  // show brings a cell into view, without which it may not be drawn.
  async show(i) {
    const n = lab.panel().content;
    n.activeCellIndex = i;
    await n.scrollToItem(i);
    await n.widgets[i].ready;
    n.widgets[i].node.scrollIntoView({ block: 'center' });
    return true;
  },

  // look brings an element below a cell into view, once it is there.
  look(i, selector) {
    const node = lab.cell(i).node.querySelector(selector);
    node?.scrollIntoView({ block: 'center' });
    return !!node;
  },

  // box is an element's place in the window once it has come to rest there.
  async box(i, selector) {
    const node = (i < 0 ? document : lab.cell(i).node).querySelector(selector);
    if (!node) return null;
    const place = () => { const r = node.getBoundingClientRect(); return { x: r.left, y: r.top, width: r.width, height: r.height }; };
    const before = place();
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const after = place();
    return after.width > 0 && JSON.stringify(before) === JSON.stringify(after) ? after : null;
  },

  completions() {
    const box = document.querySelector('.jp-Completer:not(.lm-mod-hidden)');
    const items = [...(box?.querySelectorAll('.jp-Completer-item') ?? [])];
    return items.length === 0 ? null : items.map(item => ({
      text: item.querySelector('.jp-Completer-match')?.textContent ?? '',
      type: item.querySelector('.jp-Completer-typeExtended, .jp-Completer-type')?.textContent ?? '',
    }));
  },

  tooltip() { return document.querySelector('.jp-Tooltip')?.innerText?.trim() || null; },

  // dialog is what JupyterLab asks at the moment.
  dialog() {
    const d = document.querySelector('.jp-Dialog');
    return d ? { text: d.innerText, buttons: [...d.querySelectorAll('button')].map(b => b.innerText) } : null;
  },
};
