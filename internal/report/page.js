'use strict';
(() => {
  const field = id => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };
  const numbers = attribute => attribute ? attribute.split(' ').map(Number) : [];

  // What the page holds. The list is all of it; the table is made of the list.
  const places = all('#places li').map(({ textContent, dataset }) => ({ name: textContent, ...dataset }));
  const letters = new Map(all('.legend [data-right]').map(letter => [letter.dataset.right, letter.textContent]));
  const findings = all('.finding').map(node => ({
    node, rule: node.closest('.rule'), principals: numbers(node.dataset.principals), places: numbers(node.dataset.places),
    text: (node.textContent + ' ' + node.closest('.rule').querySelector('summary').textContent).toLowerCase(),
  }));
  const rules = all('.rule').filter(node => node.querySelector('.finding')).map(node => ({
    node, open: node.open, number: node.querySelector('.number'), findings: findings.filter(({ rule }) => rule === node),
  }));
  const accounts = all('.account').map(node => ({
    node, number: Number(node.dataset.principal), who: node.querySelector('.who'), text: node.querySelector('.who').textContent,
    most: all('.most span', node),
  }));
  const lines = accounts.flatMap(account => all('.line', account.node).map(node => ({
    node, account, place: Number(node.dataset.place), via: numbers(node.dataset.via), why: node.querySelector('.why'),
    off: node.classList.contains('off'),
    rights: all('.right', node).map(right => ({ node: right, name: right.textContent, wider: right.classList.contains('wider') })),
    text: (account.text + ' ' + node.textContent).toLowerCase(),
  })));
  const foundAt = new Map();
  for (const finding of findings) {
    for (const principal of finding.principals) {
      for (const place of finding.places) {
        const key = principal + ' ' + place;
        foundAt.set(key, [...foundAt.get(key) || [], finding]);
      }
    }
  }

  const [filters, form, text, principal, project, policy, permission, found, own, force, clear, shown, views, scroll, matrix, list, panel] =
    ['filters', 'filter', 'text', 'principal', 'project', 'policy', 'permission', 'found', 'own', 'force', 'clear', 'shown', 'views', 'scroll',
      'matrix', 'list', 'explanation'].map(field);
  const narrow = matchMedia('(max-width: 45rem)');

  // Filters.

  const fitsText = (has, words) => words.every(word => has.includes(word));
  const fitsPlace = place => (!project.value || places[place].project === project.value) && (!policy.value || places[place].policy === policy.value);
  const fitsPrincipal = numbers => !principal.value || numbers.includes(Number(principal.value));
  const findingsOf = line => foundAt.get(line.account.number + ' ' + line.place) || [];
  const fitsRight = right => (!permission.value || right.name === permission.value) && !(own.checked && right.wider);

  function fitsLine(line, words) {
    return line.rights.some(fitsRight) && !(force.checked && line.off) && !(found.checked && !findingsOf(line).length) &&
      fitsPlace(line.place) && fitsPrincipal([line.account.number, ...line.via]) && fitsText(line.text, words);
  }
  function fitsFinding(finding, words) {
    return fitsPrincipal(finding.principals) && fitsText(finding.text, words) &&
      (!(project.value || policy.value) || finding.places.some(fitsPlace));
  }

  // Few matches are shown unfolded, so that a narrow question is answered at once.
  const fewFindings = 8, fewAccounts = 25;

  function filterFindings(words, filtered) {
    for (const finding of findings) finding.node.hidden = !fitsFinding(finding, words);
    const count = findings.filter(({ node }) => !node.hidden).length;
    for (const rule of rules) {
      const left = rule.findings.filter(({ node }) => !node.hidden).length, all = rule.findings.length;
      rule.node.hidden = left === 0;
      rule.node.open = rule.open || (filtered && count <= fewFindings);
      rule.number.textContent = left === all ? all : left + ' of ' + all;
    }
    if (rules.length) field('no-findings').hidden = count > 0;
    return count + ' of ' + findings.length + ' findings';
  }

  let fitting = [];
  function filterAccess(words, filtered) {
    if (!list) return '';
    fitting = lines.filter(line => fitsLine(line, words));
    const kept = new Set(fitting), left = new Set(fitting.map(({ account }) => account));
    for (const line of lines) {
      line.node.hidden = !kept.has(line);
      for (const right of line.rights) right.node.hidden = !fitsRight(right);
    }
    // What is told at a wider place is told again if that is perhaps not shown.
    list.classList.toggle('again', Boolean(project.value || policy.value || found.checked || words.length));
    for (const account of accounts) {
      const rights = new Set(fitting.filter(line => line.account === account).flatMap(line => line.rights.filter(fitsRight)).map(({ name }) => name));
      for (const right of account.most) right.hidden = !rights.has(right.textContent);
      account.node.hidden = !left.has(account);
      account.node.open = filtered && left.size <= fewAccounts;
    }
    field('no-access').hidden = left.size > 0;
    show();
    return ' and ' + left.size + ' of ' + accounts.length + ' accounts';
  }

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const set = [text, principal, project, policy, permission, found, own, force].filter(
      input => input.type === 'checkbox' ? input.checked : input.value.trim() !== '');
    const filtered = set.length > 0;
    const count = filterFindings(words, filtered) + filterAccess(words, filtered);
    const spelled = set.map(input => {
      const label = input.labels[0].textContent;
      if (input.type === 'checkbox') return 'only what' + label;
      return input.labels[0].firstChild.textContent.toLowerCase() + (input.selectedOptions ? input.selectedOptions[0].text : '“' + input.value.trim() + '”');
    });
    shown.textContent = filtered ? 'Filter: ' + spelled.join(', ') + '. ' + count + '.' : '';
    shown.hidden = clear.disabled = !filtered;
  }

  // The table.

  const cells = new Map(), heads = new Map();
  // The buttons of each row by column.
  let grid = [];

  const beginsProject = (columns, i) => i === 0 || places[columns[i - 1]].project !== places[columns[i]].project;

  function headRows(columns) {
    const groups = make('tr', {}, make('th', { scope: 'col', rowSpan: 2, textContent: 'Who' })), single = make('tr', {});
    heads.clear();
    columns.forEach((number, i) => {
      const place = places[number];
      const first = beginsProject(columns, i);
      const label = make('bdi', { textContent: place.policy || (place.project ? '(project)' : place.name) });
      if (first && place.project) {
        const span = columns.filter(other => places[other].project === place.project).length;
        groups.append(make('th', { scope: 'colgroup', colSpan: span, className: 'first' }, make('bdi', { textContent: place.project })));
      }
      const head = make('th', { scope: 'col', className: first ? 'place first' : 'place' }, label);
      heads.set(number, head);
      if (place.project) single.append(head); else groups.append(Object.assign(head, { rowSpan: 2 }));
    });
    return [groups, single];
  }

  function cellOf(line) {
    const rights = line.rights.filter(fitsRight);
    const found = findingsOf(line);
    const button = make('button', { type: 'button', tabIndex: -1 }, ...rights.flatMap(({ name, wider }) =>
      [make('b', { className: 'right ' + name + (wider ? ' wider' : '') + (line.off ? ' off' : ''), textContent: letters.get(name) }), ' ']));
    // The name begins with what is seen, for those who speak to their browser.
    button.setAttribute('aria-label', button.textContent.trim() + ': ' + rights.map(({ name }) => name).join(', ') +
      (line.off ? ', not in force' : '') + (found.length ? ', findings: ' + found.length : ''));
    button.setAttribute('aria-describedby', line.why.id);
    if (found.length) button.classList.add('found', found.some(({ rule }) => rule.classList.contains('deny')) ? 'deny' : 'warn');
    cells.set(button, { line, found, rights });
    return button;
  }

  // Most cells are empty, and a browser needs long for many: those in a row of one
  // project are drawn as one.
  function bodyRow(account, has, columns) {
    const row = make('tr', {}, make('th', { scope: 'row' }, account.who.cloneNode(true)));
    const buttons = new Map();
    let empty = null;
    columns.forEach((number, i) => {
      const first = beginsProject(columns, i), className = first ? 'first' : '';
      if (has.has(number)) {
        buttons.set(i, cellOf(has.get(number)));
        row.append(make('td', { className }, buttons.get(i)));
        empty = null;
      } else if (empty && !first) {
        empty.colSpan++;
      } else {
        empty = make('td', { className });
        row.append(empty);
      }
    });
    grid.push(buttons);
    return row;
  }

  function bodyRows(columns) {
    const rows = new Map();
    for (const line of fitting) {
      if (!rows.has(line.account)) rows.set(line.account, new Map());
      rows.get(line.account).set(line.place, line);
    }
    return [...rows].map(([account, has]) => bodyRow(account, has, columns));
  }

  function drawTable() {
    const columns = [...new Set(fitting.map(({ place }) => place))].sort((a, b) => a - b);
    cells.clear();
    grid = [];
    matrix.replaceChildren(make('thead', {}, ...headRows(columns)), make('tbody', {}, ...bodyRows(columns)));
    rove(cells.keys().next().value);
  }

  let asTable = !narrow.matches;
  function show(table = asTable) {
    asTable = table;
    close();
    field('as-table').setAttribute('aria-pressed', asTable);
    field('as-list').setAttribute('aria-pressed', !asTable);
    document.documentElement.classList.toggle('table', asTable);
    scroll.hidden = !asTable || fitting.length === 0;
    list.hidden = asTable;
    if (asTable) drawTable();
  }

  // Why somebody has a right: while a cell is pointed at, or until something else is
  // done where it was tapped or is focused.

  let pinned = null, anchor = null;

  function explain(button) {
    const { line, found, rights } = cells.get(button);
    if (anchor) heads.get(cells.get(anchor)?.line.place)?.classList.remove('at');
    anchor = button;
    heads.get(line.place).classList.add('at');
    const why = line.why.cloneNode(true);
    why.removeAttribute('id');
    panel.replaceChildren(
      make('p', { className: 'title' }, line.account.who.cloneNode(true), make('bdi', { className: 'place', textContent: places[line.place].name })),
      make('p', { className: 'rights' }, ...rights.map(({ node }) => node.cloneNode(true))),
      why,
      ...found.map(({ node, rule }) => make('p', { className: rule.className },
        rule.querySelector('.severity').cloneNode(true), ' ', node.querySelector('bdi').cloneNode(true))));
    panel.hidden = false;
    place();
  }

  // It stands below the cell, or above it where there is no room; on a phone, style
  // puts it at the bottom.
  function place() {
    if (!anchor) return;
    const cell = anchor.getBoundingClientRect(), box = panel.getBoundingClientRect();
    const below = cell.bottom + box.height < innerHeight || cell.top < box.height;
    panel.style.top = Math.max(0, below ? cell.bottom - 1 : cell.top - box.height + 1) + 'px';
    panel.style.left = Math.max(8, Math.min(cell.left, document.documentElement.clientWidth - box.width - 8)) + 'px';
  }
  function hide() {
    if (anchor) heads.get(cells.get(anchor)?.line.place)?.classList.remove('at');
    anchor = null;
    panel.hidden = true;
  }
  function close() {
    pinned = null;
    hide();
  }
  function pin(button) {
    pinned = button;
    rove(button);
    explain(button);
  }

  // One stop of the Tab key for the whole table: the arrow keys move inside it.
  let current = null;
  function rove(to) {
    if (current) current.tabIndex = -1;
    current = to || null;
    if (current) current.tabIndex = 0;
  }

  const buttonOf = event => event.target instanceof Element ? event.target.closest('#matrix button') : null;
  const inPanel = node => node instanceof Node && panel.contains(node);
  const leave = event => {
    if (inPanel(event.relatedTarget) || event.pointerType === 'touch') return;
    if (pinned) explain(pinned); else hide();
  };

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  function next(from, [down, right]) {
    const row = grid.findIndex(buttons => [...buttons.values()].includes(from));
    const column = [...grid[row]].find(([, button]) => button === from)[0];
    const way = down ? grid.map(buttons => buttons.get(column)) : Array.from(heads, (_, i) => grid[row].get(i));
    const at = down ? row : column, step = down || right;
    for (let i = at + step; i >= 0 && i < way.length; i += step) {
      if (way[i]) return way[i];
    }
    return null;
  }

  function start() {
    document.documentElement.classList.add('scripted');
    filters.hidden = false;
    filters.open = !narrow.matches;
    narrow.addEventListener('change', () => { filters.open = !narrow.matches; });
    form.addEventListener('submit', event => event.preventDefault());
    form.addEventListener('input', filter);
    clear.addEventListener('click', event => { event.preventDefault(); form.reset(); filter(); text.focus(); });
    addEventListener('keydown', event => { if (event.key === 'Escape') close(); });
    let folded = [];
    addEventListener('beforeprint', () => {
      folded = all('details:not([open])');
      for (const details of folded) details.open = true;
    });
    addEventListener('afterprint', () => { for (const details of folded) details.open = false; });
  }

  function startTable() {
    views.hidden = false;
    field('as-table').addEventListener('click', () => show(true));
    field('as-list').addEventListener('click', () => show(false));
    matrix.addEventListener('pointerover', event => { const b = buttonOf(event); if (b) explain(b); });
    matrix.addEventListener('pointerout', event => { if (buttonOf(event)) leave(event); });
    panel.addEventListener('pointerleave', leave);
    matrix.addEventListener('focusin', event => { const b = buttonOf(event); if (b) pin(b); });
    matrix.addEventListener('focusout', event => { if (!matrix.contains(event.relatedTarget)) close(); });
    // Safari gives no focus to a button that is clicked.
    document.addEventListener('click', event => {
      const b = buttonOf(event);
      if (b) pin(b); else if (!inPanel(event.target)) close();
    });
    matrix.addEventListener('keydown', event => {
      const b = buttonOf(event), step = steps[event.key];
      if (!b || !step) return;
      event.preventDefault();
      next(b, step)?.focus();
    });
    addEventListener('scroll', place, true);
    addEventListener('resize', place);
  }

  start();
  if (list) startTable();
  filter();
})();
