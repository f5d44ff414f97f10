'use strict';
(() => {
  const page = document.documentElement, matrix = document.getElementById('matrix');
  if (!matrix) return;
  page.classList.add('scripted');
  const field = id => document.getElementById(id);
  const [form, search, project, permission, own, force, shown, panel] =
    ['filter', 'search', 'project', 'permission', 'own', 'force', 'shown', 'explanation'].map(field);
  form.hidden = false;
  const heads = [...matrix.tHead.rows[0].cells].slice(1);
  const rows = [...matrix.tBodies[0].rows].map(row => ({
    row, head: row.cells[0], text: row.cells[0].textContent.toLowerCase(),
    cells: [...row.cells].slice(1).map(cell => ({ cell, button: cell.querySelector('button') })),
  }));
  const visible = node => !node.closest('[hidden]');

  // What a cell shows depends on the permission and on where that was granted.
  function showRights(button) {
    let any = false;
    for (const right of button.children) {
      right.hidden = (permission.value && right.dataset.permission !== permission.value) ||
        (own.checked && right.classList.contains('wider'));
      any ||= !right.hidden;
    }
    return any && !(force.checked && button.classList.contains('off'));
  }

  function filter() {
    const text = search.value.trim().toLowerCase();
    const inProject = heads.map(head => !project.value || head.dataset.project === project.value);
    const named = heads.map(head => text !== '' && head.textContent.toLowerCase().includes(text));
    const used = heads.map(() => false);
    let count = 0;
    for (const { row, text: who, cells } of rows) {
      const wholeRow = who.includes(text);
      let any = false;
      cells.forEach(({ cell, button }, i) => {
        const show = Boolean(button) && inProject[i] && (wholeRow || named[i]) && showRights(button);
        if (button) button.hidden = !show;
        cell.classList.toggle('empty', !show);
        if (show) used[i] = any = true;
      });
      row.hidden = !any;
      if (any) count++;
    }
    heads.forEach((head, i) => {
      head.hidden = !used[i];
      for (const { cells } of rows) cells[i].cell.hidden = !used[i];
    });
    shown.textContent = count + ' of ' + rows.length + ' principals';
    close();
    rove();
  }

  // One stop of the Tab key for the whole table: the arrow keys move inside it.
  let current = null;
  function rove(to) {
    const buttons = [...matrix.querySelectorAll('button')];
    if (to) current = to;
    if (!current || !visible(current)) current = buttons.find(visible) || null;
    for (const button of buttons) button.tabIndex = button === current ? 0 : -1;
  }

  let pinned = null;
  function explain(button) {
    const cell = button.closest('td'), head = heads[cell.cellIndex - 1];
    const title = document.createElement('strong');
    title.textContent = cell.parentNode.cells[0].firstChild.textContent + ', ' + head.textContent;
    const why = document.getElementById(button.getAttribute('aria-describedby')).cloneNode(true);
    why.removeAttribute('id');
    why.removeAttribute('class');
    panel.replaceChildren(title, why);
    panel.hidden = false;
  }
  function close() {
    if (pinned) pinned.setAttribute('aria-expanded', 'false');
    pinned = null;
    panel.hidden = true;
  }
  function pin(button) {
    close();
    pinned = button;
    button.setAttribute('aria-expanded', 'true');
    explain(button);
  }

  const buttonOf = event => event.target instanceof Element ? event.target.closest('#matrix button') : null;
  matrix.addEventListener('pointerover', event => { const b = buttonOf(event); if (b) explain(b); });
  matrix.addEventListener('pointerout', event => {
    if (!buttonOf(event)) return;
    if (pinned) explain(pinned); else panel.hidden = true;
  });
  matrix.addEventListener('click', event => { const b = buttonOf(event); if (b) { rove(b); pin(b); } });
  matrix.addEventListener('focusin', event => { const b = buttonOf(event); if (b) { rove(b); pin(b); } });
  document.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });

  function next(from, down, right) {
    let r = rows.findIndex(({ row }) => row === from.closest('tr')), c = from.closest('td').cellIndex - 1;
    for (;;) {
      r += down; c += right;
      const found = rows[r] && rows[r].cells[c];
      if (!found) return null;
      if (found.button && visible(found.button)) return found.button;
    }
  }
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  matrix.addEventListener('keydown', event => {
    const b = buttonOf(event), step = steps[event.key];
    if (!b || !step) return;
    event.preventDefault();
    const to = next(b, ...step);
    if (to) to.focus();
  });

  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', filter);
  filter();
})();
