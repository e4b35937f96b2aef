// The editor of Lua files: CodeMirror in a shadow tree, where it may add its style sheets as objects; in the
// page itself the Content-Security-Policy would keep them out.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { HighlightStyle, StreamLanguage, bracketMatching, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lua } from '@codemirror/legacy-modes/mode/lua';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--code-number)' },
  { tag: tags.comment, color: 'var(--soft)', fontStyle: 'italic' },
  { tag: [tags.standard(tags.variableName), tags.standard(tags.name)], color: 'var(--code-known)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '14px', color: 'var(--ink)', backgroundColor: 'var(--card)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--soft)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--active-line)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-error-line': { backgroundColor: 'var(--bad-wash)' },
  '.cm-tooltip': { backgroundColor: 'var(--card)', color: 'var(--ink)', border: '1px solid var(--line)', maxWidth: '60ch' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif' },
});

// Text that is typed goes straight into the document. Left to the browser it goes into the coloured page first,
// where the browser keeps the colours by inline styles, which the Content-Security-Policy refuses.
function typed(event, view) {
  if (event.inputType !== 'insertText' || event.isComposing || view.composing || view.state.readOnly || event.data === null) return false;
  view.dispatch(view.state.replaceSelection(event.data), { userEvent: 'input.type', scrollIntoView: true });
  event.preventDefault();
  return true;
}

const tabs = keymap.of([indentWithTab]);

// {show(text), text(), mark([{line, message}]), goTo(line), destroy()}. Escape lets the Tab key leave the editor once.
export function makeEditor(host, { label, readOnly, onChange }) {
  const root = host.shadowRoot || host.attachShadow({ mode: 'open', delegatesFocus: true });
  root.replaceChildren();
  const frame = document.createElement('div');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(':host { display: block; } .frame { height: 100%; }');
  root.adoptedStyleSheets = [sheet];
  frame.className = 'frame';
  root.append(frame);
  const tabKey = new Compartment();
  const state = (text) => EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), highlightActiveLineGutter(), bracketMatching(), lintGutter(),
      indentUnit.of('  '), StreamLanguage.define(lua), syntaxHighlighting(colours), look, EditorView.lineWrapping,
      EditorState.readOnly.of(readOnly),
      EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
      keymap.of([{ key: 'Escape', run: (view) => {
        view.dispatch({ effects: tabKey.reconfigure([]) });
        return false;
      } }]),
      tabKey.of(tabs), keymap.of([...defaultKeymap, ...historyKeymap]),
      EditorView.domEventHandlers({ focus: (_, view) => {
        view.dispatch({ effects: tabKey.reconfigure(tabs) });
      } }),
      EditorView.domEventHandlers({ beforeinput: typed }),
      EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
    ],
  });
  const view = new EditorView({ root, parent: frame, state: state('') });
  const lineAt = (line) => view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  return {
    show: (text) => view.setState(state(text)),
    text: () => view.state.doc.toString(),
    mark(errors) {
      view.dispatch(setDiagnostics(view.state, errors.map(({ line, message }) => {
        const at = lineAt(line);
        return { from: at.from, to: at.to, severity: 'error', message };
      })));
    },
    goTo(line) {
      const at = lineAt(line);
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
