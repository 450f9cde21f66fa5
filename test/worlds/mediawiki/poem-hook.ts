/** The hook that the second train brings: Poem gives pages with a poem a class of their own, so that skins can style them. */
import { replaceOnce, type Edit } from './edit.ts';

const HANDLER = `<?php

namespace MediaWiki\\Extension\\Poem;

use MediaWiki\\Output\\Hook\\OutputPageParserOutputHook;
use MediaWiki\\Output\\OutputPage;
use MediaWiki\\Parser\\ParserOutput;

/**
 * Gives pages that contain a poem a class of their own, so that skins can style them.
 *
 * @license CC0-1.0
 */
class PageStyle implements OutputPageParserOutputHook {
	/**
	 * @param OutputPage $outputPage
	 * @param ParserOutput $parserOutput
	 */
	public function onOutputPageParserOutput( $outputPage, $parserOutput ): void {
		if ( $parserOutput->getExtensionData( 'poem' ) ) {
			$outputPage->addBodyClasses( 'page-with-poem' );
		}
	}
}
`;

const TEST = `<?php

namespace MediaWiki\\Extension\\Poem\\Tests\\Unit;

use MediaWiki\\Extension\\Poem\\PageStyle;
use MediaWiki\\Output\\OutputPage;
use MediaWiki\\Parser\\ParserOutput;

/**
 * @covers \\MediaWiki\\Extension\\Poem\\PageStyle
 * @license CC0-1.0
 */
class PageStyleTest extends \\MediaWikiUnitTestCase {
	public function testMarksAPageWithAPoem() {
		$parserOutput = new ParserOutput();
		$parserOutput->setExtensionData( 'poem', true );
		$outputPage = $this->createMock( OutputPage::class );
		$outputPage->expects( $this->once() )->method( 'addBodyClasses' )->with( 'page-with-poem' );
		( new PageStyle() )->onOutputPageParserOutput( $outputPage, $parserOutput );
	}

	public function testLeavesOtherPagesAlone() {
		$outputPage = $this->createMock( OutputPage::class );
		$outputPage->expects( $this->never() )->method( 'addBodyClasses' );
		( new PageStyle() )->onOutputPageParserOutput( $outputPage, new ParserOutput() );
	}
}
`;

export const POEM_EDITS: Readonly<Record<string, Edit>> = {
  'extension.json': (before) =>
    declareHook(
      replaceOnce(
        '"ParserFirstCallInit": "main"',
        '"ParserFirstCallInit": "main",\n\t\t"OutputPageParserOutput": "pageStyle"',
      )(before),
    ),
  'includes/PageStyle.php': () => HANDLER,
  'includes/Poem.php': replaceOnce(
    "\t\t$newline = isset( $param['compact'] ) ? '' : \"\\n\";\n",
    "\t\t$newline = isset( $param['compact'] ) ? '' : \"\\n\";\n\t\t$parser->getOutput()->setExtensionData( 'poem', true );\n",
  ),
  'tests/phpunit/unit/PageStyleTest.php': () => TEST,
};

function declareHook(manifest: string): string {
  const main = '"class": "MediaWiki\\\\Extension\\\\Poem\\\\Poem"\n\t\t}';
  return replaceOnce(
    main,
    `${main},\n\t\t"pageStyle": {\n\t\t\t"class": "MediaWiki\\\\Extension\\\\Poem\\\\PageStyle"\n\t\t}`,
  )(manifest);
}
