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

  // What the page holds: the findings are in it, and the access is in tables that name
  // each other by number, of which only what is looked at becomes a part of the page.
  // The tables are described in page_data.go.
  const data = JSON.parse(field('data').textContent);
  const places = data.places.map(([project, policy, name]) => (
    { project: project < 0 ? '' : data.projects[project], policy: policy < 0 ? '' : data.policies[policy], name }));
  const letters = new Map(all('.legend [data-right]').map(letter => [letter.dataset.right, letter.textContent]));
  const accounts = data.accounts.map(([number, kind, key, name, status, set, notes]) => (
    { number, kind, key, name, status, off: status !== '', set, notes, text: (kind + key + ' ' + name + ' ' + status).toLowerCase() }));
  const numbersOf = distances => {
    let last = 0;
    return distances.map(distance => last += distance);
  };
  const sets = data.sets.map(numbersOf);
  const findings = all('.finding').map(node => ({
    node, rule: node.closest('.rule'), principals: numbers(node.dataset.principals), places: numbers(node.dataset.places),
  }));
  const rules = all('.rule').filter(node => node.querySelector('.finding')).map(node => ({
    node, open: node.open, number: node.querySelector('.number'), findings: findings.filter(({ rule }) => rule === node),
  }));
  const foundAt = new Map();
  for (const finding of findings) {
    for (const principal of finding.principals) {
      for (const place of finding.places) {
        const key = principal * places.length + place, known = foundAt.get(key);
        if (known) known.push(finding); else foundAt.set(key, [finding]);
      }
    }
  }

  // A line is what somebody may do at a place, and why: [place, rights that something
  // wider gives, whether it is told at a wider place, reason, rights that it gives, and so on].
  const lines = data.lines, rightsOf = lines.map(line => {
    let rights = 0;
    for (let i = 4; i < line.length; i += 2) rights |= line[i];
    return rights;
  });
  const named = rights => data.permissions.filter((_, bit) => rights & 1 << bit);

  function reasonText(reason) {
    const [, before, after] = data.ways[data.reasons[2 * reason]];
    return after === undefined ? before : before + places[data.reasons[2 * reason + 1]].name + after;
  }
  const viaOf = reason => data.ways[data.reasons[2 * reason]][0];
  const noteText = note => data.notes[note].map(part => data.parts[part]).join('');

  // The notes of a line are one for each of its reasons.
  function notesOf(account, position) {
    if (!account.notes) return [];
    if (!account.noted) {
      const notes = numbersOf(account.notes);
      account.noted = sets[account.set].map(line => notes.splice(0, (lines[line].length - 3) / 2));
    }
    return account.noted[position];
  }

  // Why an account has what it has in a line: what a reason gives is said if another one gives
  // more or less.
  function why(account, position) {
    const number = sets[account.set][position], line = lines[number], notes = notesOf(account, position);
    const reasons = [];
    for (let i = 3; i < line.length; i += 2) {
      let text = reasonText(line[i]);
      if (line[i + 1] !== rightsOf[number]) text += ': ' + named(line[i + 1]).join(', ');
      const note = notes[(i - 3) / 2];
      if (note !== undefined) text += ' · ' + noteText(note);
      reasons.push(text);
    }
    return make('ul', { className: 'why' }, ...reasons.map(reason => make('li', {}, make('bdi', { textContent: reason }))));
  }

  function who({ kind, key, name, status }) {
    const shown = make('span', { className: 'who' }, make('bdi', {}, make('span', { className: 'kind', textContent: kind }), key));
    if (name) shown.append(' ', make('small', {}, make('bdi', { textContent: name })));
    if (status) shown.append(' ', make('em', { className: 'status', textContent: status }));
    return shown;
  }

  const [filters, form, text, principal, project, policy, permission, found, own, force, clear, shown, views, scroll, matrix, list, panel] =
    ['filters', 'filter', 'text', 'principal', 'project', 'policy', 'permission', 'found', 'own', 'force', 'clear', 'shown', 'views', 'scroll',
      'matrix', 'list', 'explanation'].map(field);
  const narrow = matchMedia('(max-width: 45rem)'), paper = matchMedia('print');

  // Filters.

  const fitsPlace = place => (!project.value || places[place].project === project.value) && (!policy.value || places[place].policy === policy.value);
  const fitsPrincipal = numbers => !principal.value || numbers.includes(Number(principal.value));
  const findingsOf = (account, place) => foundAt.get(account.number * places.length + place) || [];
  const fittingRights = line => {
    const rights = permission.value ? rightsOf[line] & 1 << data.permissions.indexOf(permission.value) : rightsOf[line];
    return own.checked ? rights & ~lines[line][1] : rights;
  };

  function fitsFinding(finding, words) {
    if (words.length) {
      finding.text ??= (finding.node.textContent + ' ' + finding.rule.querySelector('summary').textContent).toLowerCase();
    }
    return fitsPrincipal(finding.principals) && words.every(word => finding.text.includes(word)) &&
      (!(project.value || policy.value) || finding.places.some(fitsPlace));
  }

  // Few matches are shown unfolded, so that a narrow question is answered at once.
  const fewFindings = 50, fewAccounts = 25;

  function filterFindings(words, filtered) {
    for (const finding of findings) finding.node.hidden = !fitsFinding(finding, words);
    const count = findings.filter(({ node }) => !node.hidden).length;
    for (const rule of rules) {
      const left = rule.findings.filter(({ node }) => !node.hidden).length, all = rule.findings.length;
      rule.node.hidden = left === 0;
      rule.node.open = rule.open || (filtered && left <= fewFindings);
      rule.number.textContent = left === all ? all : left + ' of ' + all;
    }
    if (rules.length) field('no-findings').hidden = count > 0;
    return count + ' of ' + findings.length + ' findings';
  }

  let lineTexts = null;
  function textsOfLines() {
    lineTexts ??= lines.map((line, number) => {
      let text = places[line[0]].name + ' ' + named(rightsOf[number]).join(' ');
      for (let i = 3; i < line.length; i += 2) text += ' ' + reasonText(line[i]);
      return text.toLowerCase();
    });
    return lineTexts;
  }

  // What a word is looked for in: many accounts share a line, which is looked at once.
  function search(word) {
    const lines = textsOfLines().map(text => text.includes(word));
    const notes = data.notes.map((_, note) => noteText(note).toLowerCase().includes(word));
    return { word, lines, notes };
  }

  function hasWords(account, position, searches) {
    const line = sets[account.set][position];
    return searches.every(({ word, lines, notes }) =>
      lines[line] || account.text.includes(word) || notesOf(account, position).some(note => notes[note]));
  }

  // What fits: each account that has something, with the positions of its lines.
  let fitting = [], again = false;
  function fit(words) {
    const wanted = Number(principal.value), searches = words.map(search);
    const passes = data.ways.map(([via]) => via.includes(wanted));
    const passesLine = line => {
      for (let i = 3; i < line.length; i += 2) if (passes[data.reasons[2 * line[i]]]) return true;
      return false;
    };
    const fits = lines.map((line, number) => fittingRights(number) !== 0 && fitsPlace(line[0]));
    const left = [];
    for (const account of accounts) {
      if (force.checked && account.off) continue;
      const isWanted = !principal.value || account.number === wanted, positions = [];
      for (const [position, number] of sets[account.set].entries()) {
        if (fits[number] && (isWanted || passesLine(lines[number])) && !(found.checked && !findingsOf(account, lines[number][0]).length) &&
          hasWords(account, position, searches)) positions.push(position);
      }
      if (positions.length) left.push({ account, positions });
    }
    return left;
  }

  function filterAccess(words, filtered) {
    if (!list) return '';
    fitting = fit(words);
    // What is told at a wider place is told again if that is perhaps not shown.
    again = Boolean(project.value || policy.value || found.checked || words.length);
    unfolded = filtered && fitting.length <= fewAccounts;
    atPlace = atAccount = 0;
    field('no-access').hidden = fitting.length > 0;
    show();
    return ' and ' + fitting.length + ' of ' + accounts.length + ' accounts';
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

  // Pages of the table and the list, so that a browser draws only what somebody can look at.

  const placesOnPage = 150, accountsOnPage = 200;
  let atPlace = 0, atAccount = 0;

  // page tells which part of so many things is shown, and returns it.
  function page(id, noun, things, from, size) {
    const pager = field(id), [earlier, said, later] = pager.children, to = Math.min(from + size, things.length);
    pager.hidden = things.length <= size;
    said.textContent = noun + ' ' + (from + 1).toLocaleString('en') + '–' + to.toLocaleString('en') + ' of ' + things.length.toLocaleString('en');
    earlier.setAttribute('aria-disabled', from === 0);
    later.setAttribute('aria-disabled', to === things.length);
    return things.slice(from, to);
  }

  function turn(id, move) {
    const [earlier, , later] = field(id).children;
    for (const [button, by] of [[earlier, -1], [later, 1]]) {
      button.addEventListener('click', () => {
        if (button.getAttribute('aria-disabled') === 'true') return;
        move(by);
        show();
        scroll.scrollTo(0, 0);
      });
    }
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
      const head = make('th', { scope: 'col', className: first ? 'place first' : 'place', title: place.name }, label);
      heads.set(number, head);
      if (place.project) single.append(head); else groups.append(Object.assign(head, { rowSpan: 2 }));
    });
    return [groups, single];
  }

  function cellOf(account, position) {
    const line = sets[account.set][position], [place, wider] = lines[line], shown = fittingRights(line), rights = named(shown);
    const isWider = named(shown & wider), found = findingsOf(account, place);
    const button = make('button', { type: 'button', tabIndex: -1 }, ...rights.flatMap(name =>
      [make('b', { className: 'right ' + name + (isWider.includes(name) ? ' wider' : '') + (account.off ? ' off' : ''), textContent: letters.get(name) }), ' ']));
    // The name begins with what is seen, for those who speak to their browser.
    button.setAttribute('aria-label', button.textContent.trim() + ': ' + rights.join(', ') +
      (account.off ? ', not in force' : '') + (found.length ? ', findings: ' + found.length : ''));
    button.setAttribute('aria-describedby', panel.id);
    if (found.length) button.classList.add('found', found.some(({ rule }) => rule.classList.contains('deny')) ? 'deny' : 'warn');
    cells.set(button, { account, position, place, found });
    return button;
  }

  // Most cells are empty, and a browser needs long for many: those in a row of one
  // project are drawn as one.
  function bodyRow({ account, positions }, columns) {
    const row = make('tr', {}, make('th', { scope: 'row' }, who(account)));
    const has = new Map(positions.map(position => [lines[sets[account.set][position]][0], position])), buttons = new Map();
    let empty = null;
    columns.forEach((number, i) => {
      const first = beginsProject(columns, i), className = first ? 'first' : '';
      if (has.has(number)) {
        buttons.set(i, cellOf(account, has.get(number)));
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

  // The rows are those who have something at the places that are shown.
  function drawTable() {
    const has = new Uint8Array(places.length), isShown = new Uint8Array(places.length);
    for (const { account, positions } of fitting) for (const position of positions) has[lines[sets[account.set][position]][0]] = 1;
    const columns = page('place-pages', 'Places', [...has.keys()].filter(place => has[place]), atPlace, placesOnPage);
    for (const place of columns) isShown[place] = 1;
    const rows = fitting.filter(({ account, positions }) => positions.some(position => isShown[lines[sets[account.set][position]][0]]));
    cells.clear();
    grid = [];
    matrix.replaceChildren(make('thead', {}, ...headRows(columns)),
      make('tbody', {}, ...page('account-pages', 'Accounts', rows, atAccount, accountsOnPage).map(row => bodyRow(row, columns))));
    rove(cells.keys().next().value);
  }

  // The list.

  const rightNode = (name, wider) => make('span', { className: 'right ' + name + (wider ? ' wider' : ''), textContent: name });
  const rightNodes = line => named(fittingRights(line)).flatMap(name => [rightNode(name, named(lines[line][1]).includes(name)), ' ']);

  function lineNode(account, position) {
    const line = sets[account.set][position];
    return make('li', { className: account.off ? 'line off' : 'line' },
      make('bdi', { className: 'place', textContent: places[lines[line][0]].name }), ' ',
      make('span', { className: 'rights' }, ...rightNodes(line)), why(account, position));
  }

  const linesToTell = ({ account, positions }) => again ? positions : positions.filter(position => !lines[sets[account.set][position]][2]);

  function fill(node, entry) {
    if (node.childElementCount > 1) return;
    node.append(make('ul', {}, ...linesToTell(entry).map(position => lineNode(entry.account, position))));
  }

  function accountNode(entry, open, fillNow) {
    let rights = 0;
    for (const position of entry.positions) rights |= fittingRights(sets[entry.account.set][position]);
    const most = make('span', { className: 'most' }, ...named(rights).flatMap(name => [make('span', { textContent: name }), ' ']));
    const node = make('details', { className: 'account', open }, make('summary', {}, who(entry.account), ' ', most));
    if (open || fillNow) fill(node, entry);
    node.addEventListener('toggle', () => { if (node.open) fill(node, entry); });
    return node;
  }

  // So many lines are there for the browser's own search, too, and so many go on paper at once.
  const linesToFind = 5000, linesToPrint = 5000;
  let unfolded = false, printing = false;
  const countLines = entries => entries.reduce((count, entry) => count + linesToTell(entry).length, 0);

  function drawList() {
    const part = page('account-pages', 'Accounts', fitting, atAccount, accountsOnPage), isCut = printing && countLines(fitting) > linesToPrint;
    const entries = printing && !isCut ? fitting : part, count = countLines(entries), cut = field('cut');
    cut.hidden = !isCut;
    cut.textContent = isCut ? field('account-pages').children[1].textContent + ' are on this paper. A filter, such as a project, lets all that fits it be printed.' : '';
    all('.account', list).forEach(node => node.remove());
    list.append(...entries.map(entry => accountNode(entry, unfolded || printing, count <= linesToFind)));
  }

  let asTable = !narrow.matches;
  function show(table = asTable) {
    if (table !== asTable) atAccount = 0;
    asTable = table;
    close();
    field('as-table').setAttribute('aria-pressed', asTable);
    field('as-list').setAttribute('aria-pressed', !asTable);
    document.documentElement.classList.toggle('table', asTable);
    scroll.hidden = !asTable || fitting.length === 0;
    list.hidden = asTable;
    field('place-pages').hidden = true;
    if (asTable) drawTable();
    if (!asTable || printing) drawList();
  }

  // What is printed is the list, unfolded, of all that fits the filter, or of the part that is shown where that is too much for paper.
  let folded = [];
  function print(now) {
    if (printing === now) return;
    printing = now;
    for (const details of folded) details.open = false;
    if (list) {
      if (now) drawList(); else show();
    }
    folded = now ? all('details:not([open])') : [];
    for (const details of folded) details.open = true;
  }

  // Why somebody has a right: while a cell is pointed at, or until something else is
  // done where it was tapped or is focused.

  let pinned = null, anchor = null;

  function explain(button) {
    const { account, position, place: at, found } = cells.get(button);
    if (anchor) heads.get(cells.get(anchor)?.place)?.classList.remove('at');
    anchor = button;
    heads.get(at).classList.add('at');
    panel.replaceChildren(
      make('p', { className: 'title' }, who(account), make('bdi', { className: 'place', textContent: places[at].name })),
      make('p', { className: 'rights' }, ...rightNodes(sets[account.set][position])),
      why(account, position),
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
    if (anchor) heads.get(cells.get(anchor)?.place)?.classList.remove('at');
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
    const add = (select, options) => select.append(...options.map(([value, text]) => new Option(text, value)));
    const [alone, together] = principal.querySelectorAll('optgroup');
    add(alone, accounts.map(({ number, kind, key }) => [number, kind + key]));
    add(together, data.groups);
    together.hidden = data.groups.length === 0;
    add(project, data.projects.map(slug => [slug, slug]));
    add(policy, data.policies.map(slug => [slug, slug]));
    add(permission, data.permissions.map(name => [name, name]));
    addEventListener('beforeprint', () => print(true));
    addEventListener('afterprint', () => print(false));
    paper.addEventListener('change', () => print(paper.matches));
  }

  function startTable() {
    views.hidden = false;
    field('as-table').addEventListener('click', () => show(true));
    field('as-list').addEventListener('click', () => show(false));
    turn('place-pages', by => { atPlace += by * placesOnPage; atAccount = 0; });
    turn('account-pages', by => { atAccount += by * accountsOnPage; });
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
  print(paper.matches);
})();
