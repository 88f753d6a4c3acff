// The calculator page. It gathers what is typed and shows what the module says: every number and rule is worked out there.
import { call, catalogue, init, open, versions, SmsError } from '../dist/small/index.js';

const PLACE = 'here';
const byId = (id) => document.getElementById(id);

/** Makes an element: attributes, then children. */
const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (key === 'on') for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
    else if (key in element && typeof value !== 'string') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== ''));
  return element;
};
const shape = (name, attributes) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const locales = navigator.languages?.length ? navigator.languages : undefined;
// shown with as many decimals as the sentences of the module, in the reader's own way of writing
const decimals = [0, 1, 3].map((maximumFractionDigits) => new Intl.NumberFormat(locales, { maximumFractionDigits, roundingMode: 'halfEven' }));
const number = { format: (value) => decimals[Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2].format(value) };
const points = decimals[1];
const withUnit = (value, indicator) => `${number.format(value)} ${indicator.unit_symbol || indicator.unit}`;

const MISSING = {
  no_data: 'Nothing was put in.',
  no_total: 'There are figures by group, but none for everybody.',
  too_old: 'The figure is too old to count.',
  missing: 'The figure is missing.',
  not_asked: 'The question was not asked.',
  refused: 'The persons asked did not want to say.',
  not_applicable: 'It does not apply here.',
  no_denominator: 'There is a count, but not out of how many.',
  unknown_count: 'Withheld: it is not known how many people are behind it.',
};
const NOT_SCORED = {
  no_figure: 'There is no figure to score.',
  ambiguous: 'Shown and never scored: more can be better or worse here.',
  context: 'Shown and never scored: neither way is better here.',
  no_goalposts: 'Shown and not scored: no goalposts are agreed for it.',
};
const STATE = {
  rated: 'Outcomes and effort are both measured well enough.',
  outcomes_only: 'Only outcomes are measured well enough.',
  outputs_only: 'Only effort is measured well enough, so there is no headline.',
  insufficient_coverage: 'Too little was measured for a headline.',
};
const TESTED = { shown: 'It is more than chance.', not_distinguishable: 'It may be chance.', not_tested: '' };

const plain = (error) => (error.message.startsWith(`${error.code}: `) ? error.message.slice(error.code.length + 2) : error.message).replace(/ \([^()]*\)$/, '');

let overview;
let dimensions;
let modules;
let shown = []; // the list, as the selection has it
const chosen = new Map(); // id -> card
let report; // the last released report, kept in the module

// ---- 1 choose

const checkbox = (indicator) => {
  const box = make('input', { type: 'checkbox', id: `choose-${indicator.id}`, value: indicator.id, checked: chosen.has(indicator.id), on: { change: (event) => (event.target.checked ? add(indicator.id) : remove(indicator.id)) } });
  const words = make('span', {}, indicator.name, ' ', make('span', { class: 'id' }, indicator.id), indicator.core ? ' ' : '', indicator.core ? make('span', { class: 'badge' }, 'Core') : '');
  return make('li', {}, make('label', { class: 'choice' }, box, words));
};

const list = () => {
  const words = byId('search').value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = shown.filter((i) => {
    const text = `${i.id} ${i.name} ${modules.get(i.module)?.name ?? ''}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
  byId('found').textContent = found.length === 1 ? '1 indicator' : `${found.length} indicators`;
  const opened = new Set([...document.querySelectorAll('#modules details[open]')].map((d) => d.dataset.module));
  const groups = overview.modules
    .map((module) => [module, found.filter((i) => i.module === module.id)])
    .filter(([, members]) => members.length > 0)
    .map(([module, members]) => {
      const details = make('details', { 'data-module': module.id, open: words.length > 0 || opened.has(module.id) });
      details.append(make('summary', {}, `${module.name} (${members.length})`), module.note ? make('p', { class: 'hint' }, module.note) : '', make('ul', { class: 'indicators' }, ...members.map(checkbox)));
      return details;
    });
  byId('modules').replaceChildren(...groups);
};

const add = (id) => {
  const card = new Card(catalogue.show(id));
  chosen.set(id, card);
  byId('cards').append(card.element);
  refresh();
};

const remove = (id) => {
  chosen.get(id)?.element.remove();
  chosen.delete(id);
  const box = byId(`choose-${id}`);
  if (box) box.checked = false;
  refresh();
};

// ---- 2 figures

/** The fields of one figure: counts, or a value, or a level. */
class Entry {
  constructor(card, title, groups, key) {
    this.card = card;
    this.groups = groups;
    const { sheet, text } = card.shown;
    this.inputs = {};
    const fields = make('div', { class: 'fields' });
    const field = (column, label, hint) => {
      const id = `${key}-${column}`;
      const input = make('input', { type: 'text', inputmode: 'decimal', autocomplete: 'off', id, 'aria-describedby': `${hint ? `${id}-hint ` : ''}${id}-error` });
      fields.append(make('div', { class: 'field' }, make('label', { for: id }, label), input, hint ? make('p', { class: 'hint', id: `${id}-hint` }, hint) : '', make('p', { class: 'error', id: `${id}-error` })));
      this.inputs[column] = input;
    };
    const options = (column, label, choices) => {
      const id = `${key}-${column}`;
      const select = make('select', { id, 'aria-describedby': `${id}-error` }, make('option', { value: '' }, 'Not put in'), ...choices.map(([value, name]) => make('option', { value }, name)));
      fields.append(make('div', { class: 'field' }, make('label', { for: id }, label), select, make('p', { class: 'error', id: `${id}-error` })));
      this.inputs[column] = select;
    };
    const unit = overview.units.find((u) => u.id === sheet.unit);
    if (sheet.value_kind === 'maturity') {
      options('value', 'Level', overview.maturity.map(({ level, name }) => [level, `${level}: ${name}`]));
      const own = Object.entries(text.levels ?? {});
      if (own.length) fields.append(make('details', {}, make('summary', {}, 'What each level asks for'), make('ul', {}, ...own.map(([level, asks]) => make('li', {}, `${level}: ${asks}`)))));
    } else if (sheet.value_kind === 'boolean') {
      options('value', 'Answer', [['1', 'Yes'], ['0', 'No']]);
    } else {
      if (text.numerator && text.denominator) {
        field('numerator', 'How many', text.numerator);
        field('denominator', 'Out of how many', text.denominator);
      }
      field('value', text.denominator ? 'Or the figure itself' : 'The figure', unit?.name ?? sheet.unit);
    }
    this.element = make('fieldset', { class: 'entry' }, make('legend', {}, title), fields);
  }

  /** What was typed, and what could not be read. */
  read(decimal, problems) {
    const row = {};
    for (const [column, input] of Object.entries(this.inputs)) {
      const typed = input.value.trim();
      if (typed === '') continue;
      try {
        row[column] = call('number.parse', { text: typed, decimal }).value;
      } catch (error) {
        if (!(error instanceof SmsError)) throw error;
        problems.push({ input, label: this.label(input), text: error.code === 'obs.ambiguous-number' ? 'It may mean two numbers. Choose the decimal sign above.' : plain(error) });
        return undefined;
      }
    }
    if (Object.keys(row).length === 0) return undefined;
    if (this.code?.value.trim() === '') {
      problems.push({ input: this.code, label: this.label(this.code), text: 'Give the group a name.' });
      return undefined;
    }
    return { ...row, indicator: this.card.id, ...this.groups() };
  }

  label(input) {
    const title = this.element.querySelector('legend').textContent;
    return `${this.card.shown.text.name}, ${title}: ${this.element.querySelector(`label[for="${input.id}"]`)?.textContent ?? ''}`;
  }
}

/** One chosen indicator: its fields, and what the module says of them. */
class Card {
  constructor(found) {
    this.shown = found;
    const { sheet, text } = found;
    this.id = sheet.id;
    this.total = new Entry(this, 'Everybody', () => ({}), `f-${this.id}`);
    this.parts = [];
    const key = `dimension-${this.id}`;
    const named = (ids) => ids.map((id) => dimensions.get(id)).filter(Boolean);
    const first = named(sheet.disaggregation.required);
    const second = named(sheet.disaggregation.desirable);
    const rest = overview.dimensions.filter((d) => !first.includes(d) && !second.includes(d));
    const group = (label, members) => (members.length ? make('optgroup', { label }, ...members.map((d) => make('option', { value: d.id }, d.name))) : '');
    this.chooser = make('select', { id: key, on: { change: () => this.split(this.chooser.value) } }, make('option', { value: '' }, 'Not split'), group('Needed for this indicator', first), group('Good to have', second), group('Others', rest));
    this.note = make('p', { class: 'hint' });
    this.groupFields = make('div');
    this.more = make('button', { type: 'button', class: 'plain add-group', hidden: true, on: { click: () => this.ownGroup(true) } }, 'Add a group');
    this.result = make('div', { class: 'result', hidden: true });
    this.live = make('p', { class: 'headline', 'aria-live': 'polite', 'aria-atomic': 'true' });
    this.details = make('div');
    this.result.append(this.live, this.details);
    this.element = make(
      'article',
      { class: 'card', id: `card-${this.id}`, 'aria-labelledby': `title-${this.id}` },
      make('header', {}, make('h3', { id: `title-${this.id}`, tabindex: '-1' }, text.name, ' ', make('span', { class: 'id' }, this.id)), make('button', { type: 'button', class: 'plain', 'aria-label': `Remove ${text.name}`, on: { click: () => this.close() } }, 'Remove')),
      make('p', {}, text.definition),
      this.total.element,
      make('div', { class: 'entry' }, make('div', { class: 'field' }, make('label', { for: key }, 'By group'), this.chooser, this.note), this.groupFields, this.more),
      this.result,
    );
  }

  close() {
    remove(this.id);
    byId('figures').focus();
  }

  split(id) {
    this.dimension = dimensions.get(id);
    this.parts = [];
    this.groupFields.replaceChildren();
    this.note.textContent = this.dimension?.note ?? '';
    this.more.hidden = !this.dimension?.open;
    for (const { code, name, total } of this.dimension?.groups ?? []) {
      if (total) continue;
      this.part(new Entry(this, name, () => ({ [id]: code }), `f-${this.id}-${id}-${code}`));
    }
    if (this.dimension?.open && this.parts.length === 0) {
      this.ownGroup();
      this.ownGroup();
    }
    refresh();
  }

  /** A group of the city's own, such as a district. */
  ownGroup(focus = false) {
    const { id, name } = this.dimension;
    const key = `f-${this.id}-${id}-own${this.parts.length + 1}`;
    const code = make('input', { type: 'text', id: `${key}-code`, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': `${key}-code-hint ${key}-code-error` });
    const entry = new Entry(this, `${name} ${this.parts.length + 1}`, () => ({ [id]: code.value.trim() }), key);
    entry.code = code;
    entry.element
      .querySelector('.fields')
      .prepend(make('div', { class: 'field' }, make('label', { for: code.id }, 'Name of the group'), code, make('p', { class: 'hint', id: `${key}-code-hint` }, 'Such as Old Town.'), make('p', { class: 'error', id: `${key}-code-error` })));
    this.part(entry);
    if (focus) code.focus();
  }

  part(entry) {
    this.parts.push(entry);
    this.groupFields.append(entry.element);
  }

  entries() {
    return [this.total, ...this.parts];
  }

  /** Shows what the report says of this indicator. */
  show(indicator, findings) {
    const { figure } = indicator;
    const facts = [];
    const fact = (text, kind = 'plain-fact') => text && facts.push(make('li', { class: kind }, text));
    let headline;
    if (figure.kind === 'value') {
      const score = indicator.score === undefined ? (NOT_SCORED[indicator.not_scored] ?? '') : `Score ${points.format(indicator.score)} of 100.`;
      headline = `${withUnit(figure.value, indicator)}. ${score}`;
    } else {
      headline = figure.kind === 'suppressed' ? 'Withheld, so that nobody can be recognised.' : MISSING[figure.reason];
    }
    if (this.live.textContent !== headline) this.live.textContent = headline;
    if (figure.kind === 'value' && figure.lower !== undefined && figure.upper !== undefined) {
      fact(`Likely between ${number.format(figure.lower)} and ${withUnit(figure.upper, indicator)}.`);
    }
    const { target } = indicator;
    if (target) {
      const to = target.upper === undefined ? '' : ` to ${number.format(target.upper)}`;
      const words = `Target: ${target.operator} ${number.format(target.value)}${to} ${indicator.unit_symbol}${target.year === undefined ? '' : ` by ${target.year}`}.`.replace(/ +/g, ' ');
      if (target.met === undefined) fact(words);
      else fact(`${words} ${target.met ? 'Met.' : 'Not met.'}`, target.met ? 'good' : 'bad');
    } else fact('Target: the catalogue gives none as a number.');
    if (indicator.standing === 'no_standard') fact('Minimum standard: none that binds and can be measured here.');
    else if (indicator.standing === 'below') fact('Below the minimum standard that binds. Nothing compensates this.', 'bad');
    else fact('The minimum standard is kept.', 'good');
    for (const gap of indicator.gaps) {
      const [from, to] = gap.directional ? ['worst off', 'best off'] : ['lowest', 'highest'];
      fact(`Gap by ${gap.dimension_name.toLocaleLowerCase()}: ${number.format(gap.difference)} between ${gap.worst_name} (${from}, ${number.format(gap.worst_value)}) and ${gap.best_name} (${to}, ${number.format(gap.best_value)}). ${TESTED[gap.verdict]}`);
    }
    if (indicator.missing_disaggregation.length > 0) {
      fact(`Who is not counted: no figure by ${indicator.missing_disaggregation.map((d) => (dimensions.get(d)?.name ?? d).toLocaleLowerCase()).join(', ')}.`);
    }
    const open = this.details.querySelector('details')?.open ?? true;
    this.details.replaceChildren(make('ul', { class: 'verdicts' }, ...facts), this.table(indicator), why(report.explain(indicator.id), open), notes(findings));
    this.result.hidden = false;
  }

  /** The figures and scores with a bar beside them: the table is the chart in words. */
  table(indicator) {
    const line = (name, figure, score) => {
      const value = figure.kind === 'value' ? withUnit(figure.value, indicator) : figure.kind === 'suppressed' ? 'withheld' : MISSING[figure.reason];
      return make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, value), make('td', {}, score === undefined ? 'no score' : points.format(score)), make('td', { class: 'bar' }, score === undefined ? '' : bar(score)));
    };
    const lines = [line('Everybody', indicator.figure, indicator.score), ...indicator.groups.map((g) => line(g.name, g.figure, g.score))];
    const columns = ['Who', 'Figure', 'Score'].map((name) => make('th', { scope: 'col' }, name));
    return make('table', {}, make('caption', {}, 'Figures and scores, 0 worst to 100 best'), make('thead', {}, make('tr', {}, ...columns, make('td', {}))), make('tbody', {}, ...lines));
  }

  clear() {
    this.result.hidden = true;
    this.live.textContent = '';
    this.details.replaceChildren();
  }
}

const bar = (score) => {
  const svg = shape('svg', { class: 'chart', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true', focusable: 'false' });
  svg.append(shape('rect', { class: 'track', width: 100, height: 10 }), shape('rect', { class: 'filled', width: score, height: 10 }));
  return svg;
};

const why = (explanation, open) => {
  const steps = explanation.steps.map((step) => make('li', {}, step.text, ...(step.reasons ?? []).map((reason) => make('p', { class: 'reason' }, reason))));
  const parts = explanation.contributions ?? [];
  const adds = parts.length ? make('p', {}, `What adds to the score: ${parts.map((p) => `${p.name} ${points.format(p.points)}`).join(', ')}.`) : '';
  return make('details', { open }, make('summary', {}, 'Why? Step by step'), make('ol', { class: 'steps' }, ...steps), adds);
};

const notes = (findings) => {
  const seen = new Map(findings.map((f) => [f.message, f]));
  if (seen.size === 0) return '';
  return make('div', {}, make('h4', {}, 'Worth knowing'), make('ul', {}, ...[...seen.values()].map((f) => make('li', {}, `${f.message} ${f.hint}`))));
};

// ---- working it out

const checked = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

/** Rows for the module, and what could not be read on the way. */
const gather = () => {
  const problems = [];
  const rows = [];
  const sources = [];
  const decimal = byId('decimal').value;
  const period = byId('period').value.trim();
  try {
    call('period.parse', { text: period });
  } catch (error) {
    if (!(error instanceof SmsError)) throw error;
    problems.push({ input: byId('period'), label: 'Year or period', text: `${plain(error)} ${error.hint}` });
    return { rows, sources, problems };
  }
  const shared = { place: PLACE, place_name: byId('place').value.trim(), period, ...(byId('published').checked ? { confidentiality: 'public' } : {}) };
  for (const card of chosen.values()) {
    for (const entry of card.entries()) {
      const row = entry.read(decimal, problems);
      if (!row) continue;
      rows.push({ ...row, ...shared });
      sources.push(entry);
    }
  }
  return { rows, sources, problems };
};

/** A finding about a row, as a problem of the field it came from. */
const problemOf = (finding, sources) => {
  const entry = sources[finding.location.row - 1];
  if (!entry) return undefined;
  const { inputs, code } = entry;
  const input = (code && finding.location.column === entry.card.dimension?.id ? code : undefined) ?? inputs[finding.location.column] ?? Object.values(inputs).find((i) => i.value.trim() !== '') ?? Object.values(inputs)[0];
  return { input, label: entry.label(input), text: `${finding.message} ${finding.hint}` };
};

const mark = (problems, complain) => {
  for (const input of document.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  for (const error of document.querySelectorAll('.field .error')) error.textContent = '';
  if (!complain) return;
  for (const { input, text } of problems) {
    input.setAttribute('aria-invalid', 'true');
    const error = byId(`${input.id}-error`);
    if (error) error.textContent = text;
  }
  byId('summary').hidden = problems.length === 0;
  byId('summary-list').replaceChildren(
    ...problems.map(({ input, label, text }) =>
      make('li', {}, make('a', { href: `#${input.id}`, on: { click: (event) => { event.preventDefault(); input.focus(); } } }, `${label}: ${text}`)),
    ),
  );
};

let complained = false;

/** Works everything out anew. Complaints wait until a field is left, so that nobody is scolded while typing. */
const refresh = (complain = complained) => {
  complained = complain;
  byId('empty').hidden = chosen.size > 0;
  const { rows, sources, problems } = gather();
  report?.close();
  report = undefined;
  let findings = [];
  if (rows.length > 0) {
    const dataset = open({ rows });
    try {
      findings = dataset.check().findings.items;
      for (const finding of findings.filter((f) => f.severity === 'error' && f.location?.row)) {
        const problem = problemOf(finding, sources);
        if (problem) problems.push(problem);
      }
      report = dataset.assess({ plan: { selection: [...chosen.keys()] }, policy: { internal: checked('audience') === 'internal' } });
    } catch (error) {
      if (!(error instanceof SmsError)) throw error;
    } finally {
      dataset.close();
    }
  }
  mark(problems, complain);
  const data = report?.data;
  const place = data?.places[0];
  byId('printed').textContent = place ? `${place.name}, ${place.period}${internal(data)}` : '';
  for (const card of chosen.values()) {
    const indicator = place?.indicators.find((i) => i.id === card.id);
    const typed = sources.some((entry) => entry.card === card);
    if (!indicator || !typed) card.clear();
    else card.show(indicator, [...findings.filter((f) => f.severity === 'warning' && (f.subject === card.id || sources[f.location?.row - 1]?.card === card) && f.code !== 'obs.missing-disaggregation'), ...data.findings.items.filter((f) => f.subject === card.id && f.code.startsWith('release.'))]);
  }
  together(place, data);
};

const internal = (data) => (data.provenance.audience === 'internal' ? ' (internal: nothing is withheld)' : '');

const together = (place, data) => {
  const overall = place?.nodes.find((node) => node.kind === 'overall');
  byId('together').hidden = !(overall && chosen.size > 1);
  byId('keep').hidden = !report;
  if (!overall || chosen.size < 2) return byId('overall').replaceChildren();
  const side = (name, mean) => mean && make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, mean.score === undefined ? 'too little measured' : points.format(mean.score)), make('td', {}, `${mean.n} of ${mean.of} modules`), make('td', { class: 'bar' }, mean.score === undefined ? '' : bar(mean.score)));
  const named = overall.band_name ? ` Rated “${overall.band_name}”.` : '';
  return byId('overall').replaceChildren(
    make('p', { class: 'headline' }, `${STATE[overall.state]}${named}`),
    make('table', {}, make('caption', {}, `${place.name}, ${place.period}${internal(data)}`), make('thead', {}, make('tr', {}, ...['Side', 'Score', 'Measured'].map((name) => make('th', { scope: 'col' }, name)), make('td', {}))), make('tbody', {}, ...[side('Outcomes: what people experience', overall.outcomes), side('Effort: what the city does', overall.effort)].filter(Boolean))),
    why(report.explain('overall'), false),
  );
};

// ---- keeping the result

const save = (name, type, text) => {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
  byId('kept').textContent = `${name} was made.`;
};

// ---- start

const start = async () => {
  await init();
  overview = catalogue.overview();
  dimensions = new Map(overview.dimensions.map((d) => [d.id, d]));
  modules = new Map(overview.modules.map((m) => [m.id, m]));
  shown = catalogue.list();
  byId('notice').textContent = overview.notice;
  const known = versions();
  byId('versions').textContent = `Catalogue ${known.catalogue}, ${overview.release.status}, licence ${overview.release.licence} · method standard ${known.methods.standard} · library ${known.library}`;
  byId('selection').append(...overview.selections.filter((s) => s.id !== 'areas').map((s) => make('option', { value: s.id }, s.name)));
  byId('period').value = String(new Date().getFullYear() - 1);
  byId('selection').addEventListener('change', () => {
    const selection = byId('selection').value;
    shown = catalogue.list(selection ? { selection } : {});
    list();
  });
  byId('search').addEventListener('input', list);
  let waiting;
  byId('figures').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(), 150);
  });
  byId('figures').addEventListener('change', () => {
    clearTimeout(waiting);
    refresh(true);
  });
  byId('print').addEventListener('click', () => window.print());
  byId('csv').addEventListener('click', () => report && save('figures.csv', 'text/csv', report.csv('figures')));
  byId('json').addEventListener('click', () => report && save('report.json', 'application/json', `${JSON.stringify(report.data, null, 2)}\n`));
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = [...document.querySelectorAll('.result details:not([open]), #overall details:not([open])')];
    for (const details of closed) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of closed) details.open = false;
  });
  list();
  byId('loading').hidden = true;
  byId('app').hidden = false;
};

start().catch((error) => {
  byId('loading').textContent = `The calculator could not start: ${error.message}`;
});
