//! TypeScript out of the types that cross to the page.

use std::{collections::BTreeMap, fmt::Write};

use ts_rs::{Config, TS, TypeVisitor};

/// A bindings file in the making.
#[derive(Default)]
pub(super) struct Page {
    declared: BTreeMap<String, String>,
    calls: String,
}

impl Page {
    pub(super) fn name<T: TS>() -> String {
        match T::name(&config()).as_str() {
            "null" => "null".into(),
            name => name.to_owned(),
        }
    }

    pub(super) fn call(&mut self, name: &str, doc: &[&str], args: &[(&str, String)], out: String) {
        let args: Vec<String> = args.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let args = if args.is_empty() { "Record<string, never>".into() } else { format!("{{ {} }}", args.join(", ")) };
        let doc = doc.concat();
        writeln!(self.calls, "  /**{doc} */\n  {name}: {{ args: {args}; result: {out} }};").expect("text");
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::from("// Made from Rust by `make bindings`: do not edit.\n/* eslint-disable */\n\n");
        for declaration in self.declared.values() {
            text.push_str(declaration);
            text.push('\n');
        }
        write!(
            text,
            "/** Every call of the engine: what it takes and what it answers. */\nexport interface Calls {{\n{}}}\n",
            self.calls
        )
        .expect("text");
        text
    }
}

impl TypeVisitor for Page {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let config = config();
        if T::output_path().is_some() {
            let name = T::ident(&config);
            if self.declared.contains_key(&name) {
                return;
            }
            let docs = T::docs().unwrap_or_default();
            self.declared.insert(name, format!("{docs}export {}\n", T::decl(&config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn config() -> Config {
    Config::new().with_large_int("number")
}
